using System.Globalization;
using System.Text;
using Gantry.Server.Requests;

namespace Gantry.Server.Aggregation;

/// <summary>The headers by which other servers learn who asks; they believe them from whoever shows the front proxy's certificate.</summary>
internal static class RemoteIdentity
{
    public const string Prefix = "X-Remote-";

    public static List<KeyValuePair<string, string>> Headers(UserInfo user)
    {
        var headers = new List<KeyValuePair<string, string>> { new(Prefix + "User", user.Name) };
        headers.AddRange(user.Groups.Select(g => KeyValuePair.Create(Prefix + "Group", g)));
        foreach (var (key, values) in user.Extra)
        {
            headers.AddRange(values.Select(v => KeyValuePair.Create(Prefix + "Extra-" + Escape(key), v)));
        }

        return headers;
    }

    // Names of headers have few characters (RFC 9110, 5.6.2); the others, and the sign that marks them, are percent-encoded.
    private static string Escape(string key)
    {
        var escaped = new StringBuilder(key.Length);
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "!#$&'*+-.^_`|~".Contains((char)b, StringComparison.Ordinal))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }
}
