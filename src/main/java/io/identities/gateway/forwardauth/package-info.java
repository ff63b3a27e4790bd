/**
 * The decision, answered to another proxy. Decides which request the caller asks about; refuses to judge it.
 */
@NullMarked
package io.identities.gateway.forwardauth;

import org.jspecify.annotations.NullMarked;
