/**
 * Is this person who they say, and how often may they try. Decides between yes, no, throttled and could-not-tell;
 * refuses to know about HTTP requests and sessions.
 */
@NullMarked
package io.identities.gateway.credentials;

import org.jspecify.annotations.NullMarked;
