using Gantry.Api;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Encryption.Kms;

/// <summary>The entry <c>kms</c> of an EncryptionConfiguration.</summary>
/// <param name="Name">Tells plugins apart; stored with every value.</param>
/// <param name="Socket">The path of its socket, or <c>@NAME</c>.</param>
/// <param name="Timeout">Of a call.</param>
internal sealed record KmsConfigRules(string Name, string Socket, TimeSpan Timeout)
{
    private const string DefaultTimeout = "3s";
    private const long DefaultCacheSize = 1000;

    /// <summary>Reads and checks an entry.</summary>
    /// <param name="at">Where it is.</param>
    /// <param name="given">The entry.</param>
    /// <param name="names">The names so far; takes this one.</param>
    /// <param name="reload">Whether the file may change while the server runs; then names of v1 have to differ, too.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The entry; null where it is wrong.</returns>
    /// <exception cref="EncryptionException">It is of v1, which 1.32 does not serve unless a feature is switched on; or its timeout is no duration.</exception>
    public static KmsConfigRules? Read(FieldPath at, TreeMap given, HashSet<string> names, bool reload, FieldErrors errors)
    {
        var found = new FieldErrors();
        var (name, version) = (given.Text("name") ?? "", given.Text("apiVersion") is { Length: > 0 } stated ? stated : "v1");
        NameRules(at.Child("name"), name, version, names, reload, found);
        var timeout = given.Text("timeout") ?? DefaultTimeout;
        if (!GoDuration.TryParse(timeout, out var nanoseconds, out var fault))
        {
            throw new EncryptionException("error unmarshaling JSON: " + fault);
        }

        if (nanoseconds <= 0)
        {
            found.Add(new FieldError(FieldErrorType.Invalid, at.Child("timeout").ToString(), GoDuration.Format(nanoseconds), "timeout should be a positive value"));
        }

        var socket = Endpoint(at.Child("endpoint"), given.Text("endpoint") ?? "", found);
        var size = (given["cachesize"] as TreeInteger)?.Value;
        if (version != "v1" && size is not null)
        {
            found.Invalid(at.Child("cachesize"), size, "cachesize is not supported in v2");
        }
        else if (version == "v1" && (size ?? DefaultCacheSize) == 0)
        {
            found.Invalid(at.Child("cachesize"), 0L, "cachesize should be a positive value, or negative to disable");
        }

        if (version is not ("v1" or "v2"))
        {
            found.Invalid(at.Child("apiVersion"), version, "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported");
        }

        errors.AddTimes(found, 1);
        return found.Any ? null : new KmsConfigRules(name, socket, TimeSpan.FromTicks(nanoseconds / 100)) { IsOld = version == "v1" };
    }

    /// <summary>Whether it is of v1.</summary>
    public bool IsOld { get; private init; }

    private static void NameRules(FieldPath at, string name, string version, HashSet<string> names, bool reload, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(at, "name is a mandatory field for a provider");
        }

        if (version != "v1" && name.Contains(':', StringComparison.Ordinal))
        {
            errors.Invalid(at, name, $"invalid KMS provider name {name}, must not contain ':'");
        }

        if (!names.Add(name) && (reload || version != "v1"))
        {
            errors.Invalid(at, name, $"duplicate KMS provider name {name}, names must be unique");
        }
    }

    private static string Endpoint(FieldPath at, string endpoint, FieldErrors errors)
    {
        if (endpoint.Length == 0)
        {
            errors.Invalid(at, "", "endpoint is a mandatory field for a kms");
            return "";
        }

        if (WebhookUrl.Parse(endpoint, out var fault) is not { } url)
        {
            errors.Invalid(at, endpoint, "invalid endpoint for kms provider, error: " + fault);
            return "";
        }

        if (url.Scheme != "unix")
        {
            errors.Invalid(at, endpoint, $"unsupported scheme \"{url.Scheme}\" for KMS provider, only unix is supported");
            return "";
        }

        var path = Uri.UnescapeDataString(endpoint["unix:".Length..].Split('#', 2)[0].Split('?', 2)[0]);
        path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
        path = path.Contains('/', StringComparison.Ordinal) ? path[path.IndexOf('/', StringComparison.Ordinal)..] : path;
        return path.StartsWith("/@", StringComparison.Ordinal) ? path[1..] : path;
    }
}
