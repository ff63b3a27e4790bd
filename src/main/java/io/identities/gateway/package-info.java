/**
 * Starts the application and supplies the {@link java.time.Clock}; decides nothing else, and no other package may
 * read the wall clock.
 */
@NullMarked
package io.identities.gateway;

import org.jspecify.annotations.NullMarked;
