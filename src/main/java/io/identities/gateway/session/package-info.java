/**
 * The local endpoints: login, renewal, revocation and the key set. Decides which endpoint a request is for; does not
 * judge a credential itself.
 */
@NullMarked
package io.identities.gateway.session;

import org.jspecify.annotations.NullMarked;
