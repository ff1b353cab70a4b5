using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.TokenSecrets;

/// <summary>Fills Secrets of the type that asks for a ServiceAccount's token, and removes those whose account is gone. Pure.</summary>
public static class TokenSecretPlanner
{
    public const string Type = "kubernetes.io/service-account-token";
    public const string AccountAnnotation = "kubernetes.io/service-account.name";
    public const string UidAnnotation = "kubernetes.io/service-account.uid";

    public static bool IsToken(V1Secret secret) => secret.Type == Type && secret.Metadata.Annotations.ContainsKey(AccountAnnotation);

    /// <summary>Whether the Secret asks for a token that it does not hold yet.</summary>
    public static bool WantsToken(V1Secret secret, V1ServiceAccount? account) =>
        account is not null && secret.Metadata.DeletionTimestamp is null && IsOf(secret, account)
        && (!secret.Data.TryGetValue("token", out var token) || token.Length == 0);

    /// <param name="secret">A Secret of that type.</param>
    /// <param name="account">The account that it names, or null.</param>
    /// <param name="authority">The cluster's certificate authority, PEM.</param>
    /// <param name="token">A fresh token where <see cref="WantsToken"/> says so; else empty.</param>
    public static IReadOnlyList<Intent> Plan(V1Secret secret, V1ServiceAccount? account, string authority, string token)
    {
        if (secret.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        if (account is null || !IsOf(secret, account))
        {
            return [new Delete<V1Secret>(ObjectKey.Of(secret), secret.Metadata.Uid) { ResourceVersion = secret.Metadata.ResourceVersion }];
        }

        var data = new Dictionary<string, byte[]>(secret.Data, StringComparer.Ordinal)
        {
            ["ca.crt"] = Encoding.UTF8.GetBytes(authority),
            ["namespace"] = Encoding.UTF8.GetBytes(secret.Metadata.Namespace),
        };
        if (token.Length > 0)
        {
            data["token"] = Encoding.UTF8.GetBytes(token);
        }

        var filled = secret with { Data = data, Metadata = secret.Metadata with { Annotations = secret.Metadata.Annotations.With(UidAnnotation, account.Metadata.Uid) } };
        return filled == secret ? [] : [new Update<V1Secret>(filled)];
    }

    private static bool IsOf(V1Secret secret, V1ServiceAccount account) =>
        !secret.Metadata.Annotations.TryGetValue(UidAnnotation, out var uid) || uid.Length == 0 || uid == account.Metadata.Uid;
}
