/** Starts the application and supplies the {@link java.time.Clock}; no other package may read the wall clock. */
@NullMarked
package io.identities.gateway;

import org.jspecify.annotations.NullMarked;
