namespace Gantry.Api.Patching;

/// <summary>A JSON pointer (RFC 6901) as the library of the Go server takes it: what stands before the first slash is passed over.</summary>
internal static class JsonPointer
{
    /// <summary>The steps of the pointer; null where there is no slash, which is no pointer to any member.</summary>
    public static string[]? Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return null;
        }
        var parts = text[(slash + 1)..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Contains('~', StringComparison.Ordinal))
            {
                parts[i] = parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            }
        }
        return parts;
    }
}
