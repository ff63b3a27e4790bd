/**
 * What happened, told to whoever listens, and how a line about it is written. Decides how security events are logged and
 * counted; refuses to know who publishes them and why.
 */
@NullMarked
package io.identities.gateway.audit;

import org.jspecify.annotations.NullMarked;
