using Gantry.Api.Models;

namespace Gantry.Controllers.LegacyTokens;

/// <summary>What is known of a Secret with a service account's token, and of everything else that decides about it.</summary>
/// <param name="Secret">The Secret.</param>
/// <param name="Account">The account that it names, where it is there and has the uid that the Secret says; null otherwise.</param>
/// <param name="IsMounted">Whether a pod uses the Secret.</param>
/// <param name="Tracking">The ConfigMap that says since when the use of such tokens is recorded; null where it is not there.</param>
/// <param name="Now">The time.</param>
public sealed record LegacyTokenView(V1Secret Secret, V1ServiceAccount? Account, bool IsMounted, V1ConfigMap? Tracking, DateTimeOffset Now);
