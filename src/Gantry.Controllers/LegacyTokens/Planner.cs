using System.Globalization;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.LegacyTokens;

/// <summary>
/// Marks tokens that were made for service accounts by themselves, as invalid when nobody has used them for a long time, and removes them when nobody has
/// missed them for as long again. Pure. Rules: kube-controller-manager's legacy-service-account-token-cleaner of 1.32.
/// </summary>
public static class LegacyTokenPlanner
{
    public const string Type = "kubernetes.io/service-account-token";
    public const string LastUsedLabel = "kubernetes.io/legacy-token-last-used";
    public const string InvalidSinceLabel = "kubernetes.io/legacy-token-invalid-since";
    public const string TrackingNamespace = "kube-system";
    public const string TrackingName = "kube-apiserver-legacy-service-account-token-tracking";
    private const string Day = "yyyy-MM-dd";

    /// <summary>Whether the Secret has been there for long enough to be looked at.</summary>
    /// <param name="secret">Any Secret.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long a token may go unused.</param>
    public static bool IsOld(V1Secret secret, DateTimeOffset now, TimeSpan life) =>
        secret.Type == Type && secret.Metadata.DeletionTimestamp is null && secret.Metadata.CreationTimestamp < now - life;

    /// <summary>Whether the use of tokens has been recorded for long enough to say anything of those that were not used. A day counts when it is over.</summary>
    /// <param name="tracking">The ConfigMap that says so, or null.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long a token may go unused.</param>
    public static bool Knows(V1ConfigMap? tracking, DateTimeOffset now, TimeSpan life) =>
        Parse(tracking?.Data.GetValueOrDefault("since")) is { } since && now >= since.AddDays(1) + life;

    /// <param name="view">What is known.</param>
    /// <param name="life">How long a token may go unused.</param>
    public static IReadOnlyList<Intent> Plan(LegacyTokenView view, TimeSpan life)
    {
        var (secret, now) = (view.Secret, view.Now);
        if (!Knows(view.Tracking, now, life) || !IsOld(secret, now, life))
        {
            return [];
        }

        var oldest = Text(now - life);
        if (secret.Metadata.Labels.TryGetValue(LastUsedLabel, out var used) && (Parse(used) is null || string.CompareOrdinal(used, oldest) >= 0))
        {
            return [];
        }

        // Only an account's own list tells a token that was made by itself from one that somebody made.
        if (view.IsMounted || view.Account?.Secrets.Any(s => s.Name == secret.Metadata.Name) != true)
        {
            return [];
        }

        var since = secret.Metadata.Labels.GetValueOrDefault(InvalidSinceLabel);
        if (Parse(since) is null)
        {
            var labels = $$$$"""{"metadata":{"uid":"{{{{secret.Metadata.Uid}}}}","labels":{"{{{{InvalidSinceLabel}}}}":"{{{{Text(now)}}}}"}}}""";
            return [new Patch<V1Secret>(ObjectKey.Of(secret), PatchBody.Merge(labels))];
        }

        return string.CompareOrdinal(since, oldest) >= 0 ? []
            : [new Delete<V1Secret>(ObjectKey.Of(secret), secret.Metadata.Uid) { ResourceVersion = secret.Metadata.ResourceVersion }];
    }

    private static DateTimeOffset? Parse(string? day) =>
        DateTime.TryParseExact(day, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? new DateTimeOffset(parsed, TimeSpan.Zero) : null;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(Day, CultureInfo.InvariantCulture);
}
