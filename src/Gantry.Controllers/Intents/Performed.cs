using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>What became of an intent.</summary>
/// <param name="Error">The refusal, or null.</param>
/// <param name="Name">The object's name, for announcements; a generated one once it is known.</param>
/// <param name="Seen">Whether the caches show the outcome by now; null when there is nothing to wait for.</param>
internal sealed record Performed(ApiError? Error, string Name, Func<bool>? Seen);

/// <summary>What performing needs.</summary>
internal sealed record PerformContext(IApiClient Api, IMetadataClient Metadata, CacheSet Caches);
