/**
 * The words spoken on the wire: refusals, identity headers, the request context with the client's address and id, the
 * access log. Decides how a decision reads as HTTP; refuses to make one.
 */
@NullMarked
package io.identities.gateway.http;

import org.jspecify.annotations.NullMarked;
