/**
 * The proxy: enforces the access decision on outgoing traffic. Decides how bytes are forwarded to the backend and back;
 * does not judge a credential.
 */
@NullMarked
package io.identities.gateway.proxy;

import org.jspecify.annotations.NullMarked;
