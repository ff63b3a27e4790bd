/**
 * Tokens: how they are minted, verified, remembered and revoked. Decides whether a string is a valid token of this
 * gateway or of a trusted issuer; does not know how it arrived.
 */
@NullMarked
package io.identities.gateway.token;

import org.jspecify.annotations.NullMarked;
