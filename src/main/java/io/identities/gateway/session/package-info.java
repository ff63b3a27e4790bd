/**
 * The local endpoints: get, keep and give up a token. Decides which local path is meant; refuses to judge a
 * credential itself.
 */
@NullMarked
package io.identities.gateway.session;

import org.jspecify.annotations.NullMarked;
