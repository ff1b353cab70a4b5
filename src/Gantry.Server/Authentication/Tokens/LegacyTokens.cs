using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Accepts tokens kept in Secrets while the Secret holds that very token and its account exists, and records on what day they were used last.</summary>
public sealed class LegacyTokens : ITokenAuthenticator
{
    public const string LastUsedLabel = "kubernetes.io/legacy-token-last-used";
    public const string InvalidSinceLabel = "kubernetes.io/legacy-token-invalid-since";

    private readonly TokenOptions _options;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly IBoundObjects _objects;
    private readonly TimeProvider _clock;
    private readonly Func<string, string, string, CancellationToken, ValueTask> _record;

    /// <param name="options">The audiences of such tokens: the server's own.</param>
    /// <param name="keys">The keys whose signatures count.</param>
    /// <param name="objects">Finds accounts and Secrets.</param>
    /// <param name="clock">Says what day it is.</param>
    /// <param name="record">Labels a Secret (namespace, name) with the day of its last use.</param>
    public LegacyTokens(
        TokenOptions options, IReadOnlyList<SigningKey> keys, IBoundObjects objects, TimeProvider clock, Func<string, string, string, CancellationToken, ValueTask> record)
    {
        _options = options;
        _keys = keys;
        _objects = objects;
        _clock = clock;
        _record = record;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        if (WebToken.Issuer(token) != LegacyClaims.Issuer)
        {
            return TokenOutcome.None;
        }

        if (WebToken.Verify(token, _keys) is not { } json || LegacyClaims.Parse(json) is not { } claims)
        {
            return new TokenOutcome.Rejected(ServiceAccountTokens.BadSignature);
        }

        var wanted = audiences.Count > 0 ? audiences : _options.Audiences;
        var shared = _options.Audiences.Intersect(wanted, StringComparer.Ordinal).ToList();
        if (shared.Count == 0)
        {
            return new TokenOutcome.Rejected($"token audiences {GoText.List(_options.Audiences)} is invalid for the target audiences {GoText.List(wanted)}");
        }

        var refusal = Missing(claims) ?? await CheckAsync(token, claims, cancellation).ConfigureAwait(false);
        return refusal is not null ? new TokenOutcome.Rejected(refusal) : new TokenOutcome.Known(
            new UserInfo
            {
                Name = ServiceAccountTokens.UserName(claims.Namespace, claims.Account), Uid = claims.AccountUid, Groups = ServiceAccountTokens.GroupsOf(claims.Namespace),
            },
            shared);
    }

    private static string? Missing(LegacyClaims claims) =>
        claims.Subject.Length == 0 ? "sub claim is missing"
        : claims.Namespace.Length == 0 ? "namespace claim is missing"
        : claims.Secret.Length == 0 ? "secretName claim is missing"
        : claims.Account.Length == 0 ? "serviceAccountName claim is missing"
        : claims.AccountUid.Length == 0 ? "serviceAccountUID claim is missing"
        : claims.Subject != ServiceAccountTokens.UserName(claims.Namespace, claims.Account) ? "sub claim is invalid"
        : null;

    private async ValueTask<string?> CheckAsync(string token, LegacyClaims claims, CancellationToken cancellation)
    {
        var secret = await _objects.FindAsync(BoundKind.Secret, claims.Namespace, claims.Secret, cancellation).ConfigureAwait(false);
        if (secret is null || secret.Deleted is not null)
        {
            return "Token has been invalidated";
        }

        if (!CryptographicOperations.FixedTimeEquals(secret.Token, Encoding.UTF8.GetBytes(token)))
        {
            return "Token does not match server's copy";
        }

        var account = await _objects.FindAsync(BoundKind.ServiceAccount, claims.Namespace, claims.Account, cancellation).ConfigureAwait(false);
        if (account is null)
        {
            return $"serviceaccounts {GoText.Quote(claims.Account)} not found";
        }

        if (account.Deleted is not null)
        {
            return "ServiceAccount has been deleted";
        }

        if (account.Uid != claims.AccountUid)
        {
            return $"ServiceAccount UID ({account.Uid}) does not match claim ({claims.AccountUid})";
        }

        await RecordAsync(claims, secret, cancellation).ConfigureAwait(false);
        return !secret.Labels.ContainsKey(InvalidSinceLabel) ? null
            : $"the token in secret {claims.Namespace}/{claims.Secret} for service account {claims.Namespace}/{claims.Account} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '{InvalidSinceLabel}' label from the secret to temporarily allow use of this token";
    }

    // Servers whose clocks differ around midnight must not overwrite each other for ever, so tomorrow counts as today.
    private async ValueTask RecordAsync(LegacyClaims claims, LiveObject secret, CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        var today = Day(now);
        if (secret.Labels.GetValueOrDefault(LastUsedLabel) is not { } last || (last != today && last != Day(now.AddDays(1))))
        {
            await _record(claims.Namespace, claims.Secret, today, cancellation).ConfigureAwait(false);
        }
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
