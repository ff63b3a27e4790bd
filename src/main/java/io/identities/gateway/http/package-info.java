/**
 * HTTP vocabulary: refusals, identity headers, the request context with the client's address and id, the access log.
 * Decides how a decision is expressed in HTTP; makes none.
 */
@NullMarked
package io.identities.gateway.http;

import org.jspecify.annotations.NullMarked;
