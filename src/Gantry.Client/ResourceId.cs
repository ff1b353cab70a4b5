using Gantry.Api.Schemas;

namespace Gantry.Client;

/// <summary>A served resource, whether compiled in or defined at run time.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Plural">The name in paths.</param>
/// <param name="Kind">The name in objects.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
/// <param name="Verbs">What the API allows on it, in alphabetical order.</param>
public sealed record ResourceId(string Group, string Version, string Plural, string Kind, bool Namespaced, string Verbs)
{
    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>Whether <see cref="Verbs"/>, a list joined by commas, holds the verb.</summary>
    public bool Allows(string verb) => Verbs.Split(',').Contains(verb, StringComparer.Ordinal);

    /// <summary>The id of a compiled-in resource.</summary>
    public static ResourceId Of(ResourceType type) =>
        new(type.Group, type.Version, type.Plural, type.Kind, type.Namespaced, string.Join(',', type.Verbs));
}
