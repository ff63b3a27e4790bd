/**
 * The words spoken on the wire: refusals, identity headers, request context. Decides how a decision reads as HTTP;
 * refuses to make one.
 */
@NullMarked
package io.identities.gateway.http;

import org.jspecify.annotations.NullMarked;
