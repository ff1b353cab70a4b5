using System.Globalization;

namespace Gantry.Server.Subresources;

/// <summary>The name in the path of a proxy request: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Port">A number, a port's name, or empty.</param>
internal readonly record struct ProxyTarget(string Scheme, string Name, string Port)
{
    /// <summary>Null where the text has none of these forms.</summary>
    public static ProxyTarget? Parse(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            [{ Length: > 0 } name] => new ProxyTarget("http", name, ""),
            [{ Length: > 0 } name, var port] => new ProxyTarget("http", name, port),
            ["http" or "https" or "", { Length: > 0 } name, var port] => new ProxyTarget(parts[0] == "https" ? "https" : "http", name, port),
            _ => null,
        };
    }

    /// <summary>The port as a number, or null.</summary>
    public int? Number => int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65_535 ? number : null;
}
