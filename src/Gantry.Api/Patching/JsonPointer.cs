namespace Gantry.Api.Patching;

/// <summary>A JSON pointer (RFC 6901) as its parts.</summary>
internal static class JsonPointer
{
    /// <summary>Null when the text is no pointer. No parts mean the whole document.</summary>
    public static string[]? Split(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }
        if (text[0] != '/')
        {
            return null;
        }
        var parts = text[1..].Split('/');
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
