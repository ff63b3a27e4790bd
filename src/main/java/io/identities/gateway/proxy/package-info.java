/**
 * The decision, enforced on traffic that goes out. Decides how bytes travel to the backend and back; refuses to judge
 * a credential.
 */
@NullMarked
package io.identities.gateway.proxy;

import org.jspecify.annotations.NullMarked;
