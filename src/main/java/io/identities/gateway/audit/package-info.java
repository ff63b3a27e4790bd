/**
 * What happened, told to whoever listens. Decides how security events are logged and counted; refuses to know who
 * publishes them and why.
 */
@NullMarked
package io.identities.gateway.audit;

import org.jspecify.annotations.NullMarked;
