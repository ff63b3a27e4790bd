/**
 * What a token is, how it is minted, checked, remembered and revoked. Decides whether a string is a token of ours or
 * of a trusted issuer; refuses to know how it arrived.
 */
@NullMarked
package io.identities.gateway.token;

import org.jspecify.annotations.NullMarked;
