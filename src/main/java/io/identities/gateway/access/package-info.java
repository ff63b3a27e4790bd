/**
 * The access decision: may this request pass, and as whom. Decides from method, raw target and credential alone; knows
 * neither the exchange nor the proxy nor any other entry point.
 */
@NullMarked
package io.identities.gateway.access;

import org.jspecify.annotations.NullMarked;
