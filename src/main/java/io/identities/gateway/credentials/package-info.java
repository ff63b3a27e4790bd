/**
 * Credential checks and the throttling of logins. Decides between yes, no, throttled and could-not-tell; knows nothing
 * of HTTP requests and sessions.
 */
@NullMarked
package io.identities.gateway.credentials;

import org.jspecify.annotations.NullMarked;
