/**
 * Operations: health, management endpoints, start-up checks. Decides how the running gateway is observed; no other
 * package depends on it.
 */
@NullMarked
package io.identities.gateway.ops;

import org.jspecify.annotations.NullMarked;
