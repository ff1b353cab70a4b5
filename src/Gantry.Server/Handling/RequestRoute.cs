using Gantry.Server.Pipeline;

namespace Gantry.Server.Handling;

/// <summary>Where a request leads.</summary>
/// <param name="Resource">What it is about; null where it leads nowhere.</param>
/// <param name="Refusal">Why it leads nowhere, or null.</param>
/// <param name="Deprecation">What whoever is refused is warned of besides, or null.</param>
internal readonly record struct RequestRoute(ServedResource? Resource, ApiAnswer? Refusal, string? Deprecation = null)
{
    public static RequestRoute To(ServedResource resource) => new(resource, null);

    public static RequestRoute Nowhere(ApiAnswer refusal, string? deprecation = null) => new(null, refusal, deprecation);
}
