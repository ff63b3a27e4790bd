package io.identities.gateway.credentials;

import java.net.InetAddress;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/** The key of a counter. Bounded in length for any input, and contains no name. */
final class ThrottleKey {

    private static final int DIGEST_BYTES = 16;

    /** Diacritics of any script; marks that are letters of their own (Indic vowels) are kept. */
    private static final Pattern MARKS_AND_INVISIBLE = Pattern.compile("[\\p{IsInherited}\\p{Cf}\\p{Cc}&&[^\\s]]+");

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");

    private ThrottleKey() {}

    /**
     * Equal for spellings that a check may take for the same user: case, compatibility forms, accents, invisible
     * characters, outer and doubled blanks. Directories drop or fold all of these (RFC 4518), and so do the default
     * collations of databases behind a check.
     */
    static String user(String username) {
        String folded = decomposed(username).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        String visible = MARKS_AND_INVISIBLE.matcher(decomposed(folded)).replaceAll("");
        String name = BLANKS.matcher(visible).replaceAll(" ").strip();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(DigestUtils.sha256(name), DIGEST_BYTES));
    }

    static String network(InetAddress address, ThrottleRules.Network rules) {
        byte[] bytes = address.getAddress();
        int prefix = bytes.length == 4 ? rules.ipv4Prefix() : rules.ipv6Prefix();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.max(0, Math.min(8, prefix - i * 8));
            bytes[i] &= (byte) (0xFF << (8 - kept));
        }
        return HexFormat.of().formatHex(bytes);
    }

    private static String decomposed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKD);
    }
}
