/**
 * May this request pass, and as whom. Decides from method, raw target and credential alone; refuses to know the
 * exchange, the proxy and every other door.
 */
@NullMarked
package io.identities.gateway.access;

import org.jspecify.annotations.NullMarked;
