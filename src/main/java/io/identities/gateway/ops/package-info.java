/**
 * What operators see: health, management endpoints, start-up checks. Decides how the running gateway explains itself;
 * nobody may depend on it.
 */
@NullMarked
package io.identities.gateway.ops;

import org.jspecify.annotations.NullMarked;
