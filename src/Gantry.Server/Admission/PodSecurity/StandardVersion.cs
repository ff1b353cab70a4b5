using System.Globalization;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>A version of the Pod Security Standards: <c>v1.0</c> and up, or <c>latest</c>.</summary>
/// <param name="Minor">The number after <c>v1.</c>; <see cref="int.MaxValue"/> is the latest.</param>
public readonly record struct StandardVersion(int Minor)
{
    public static StandardVersion Latest { get; } = new(int.MaxValue);

    /// <summary>Reads <c>latest</c> or <c>v1.x</c>.</summary>
    /// <returns>False, and the latest, for everything else.</returns>
    public static bool TryParse(string text, out StandardVersion version)
    {
        version = Latest;
        if (text == "latest")
        {
            return true;
        }

        if (!text.StartsWith("v1.", StringComparison.Ordinal) || (text.Length > 4 && text[3] == '0')
            || !int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return false;
        }

        version = new StandardVersion(minor);
        return true;
    }

    public override string ToString() => this == Latest ? "latest" : string.Create(CultureInfo.InvariantCulture, $"v1.{Minor}");
}
