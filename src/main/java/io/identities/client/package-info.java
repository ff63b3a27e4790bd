/**
 * A client that logs in once, renews the token by itself and provides a valid access token. Needs only the JDK;
 * independent of the gateway's code, and uses its public HTTP interface only.
 */
package io.identities.client;
