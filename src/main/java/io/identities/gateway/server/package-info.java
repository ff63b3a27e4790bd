/**
 * The listener: limits, time-outs, request-line and framing guard, TLS, CORS, warm-up, draining. Decides what counts as
 * a well-formed request; does not know who sent it.
 */
@NullMarked
package io.identities.gateway.server;

import org.jspecify.annotations.NullMarked;
