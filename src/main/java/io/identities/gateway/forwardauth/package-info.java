/** The decision as a service for another proxy. Decides which request the caller asks about; does not judge it. */
@NullMarked
package io.identities.gateway.forwardauth;

import org.jspecify.annotations.NullMarked;
