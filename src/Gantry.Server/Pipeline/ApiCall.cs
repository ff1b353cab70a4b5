using System.Globalization;
using Gantry.Api.Trees;
using Gantry.Server.Audit;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Pipeline;

/// <summary>One request to the API on its way through the pipeline, whether it came over HTTP or from inside the process.</summary>
public sealed class ApiCall
{
    private List<string>? _warnings;

    public required RequestInfo Info { get; init; }

    /// <summary>Who asks, after impersonation.</summary>
    public required UserInfo User { get; init; }

    /// <summary>The whole body; empty where there is none. JSON or YAML, as <see cref="ContentType"/> says.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type of the body without parameters; empty means JSON.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>Why the body could not be turned into JSON; it is as it came then. Null for all others.</summary>
    public BodyProblem? BodyProblem { get; init; }

    public string UserAgent { get; init; } = "";

    /// <summary>The request itself, for handlers that stream or upgrade the connection; null for calls inside the process.</summary>
    public HttpContext? Http { get; init; }

    /// <summary>Who is asked about what the request turns out to do besides what its verb says; null where its user may do everything.</summary>
    public IAuthorizer? Authorizer { get; init; }

    /// <summary>What the audit log is told; null where the request is not audited.</summary>
    public AuditContext? Audit { get; init; }

    /// <summary>To be called by a watch that has sent what was there: from then on it costs next to nothing.</summary>
    public Action? Begun { get; init; }

    public RequestOptions Options => Info.Options;

    /// <summary>What the answer's <c>Warning</c> headers are to say.</summary>
    public IReadOnlyList<string> Warnings => _warnings ?? (IReadOnlyList<string>)[];

    /// <summary>Whether nothing is to be stored.</summary>
    public bool DryRun => Options.TryGet("dryRun", out var value) && value.Length > 0;

    /// <summary>Who owns the fields that this request sets: the option, else the program's name from the user agent.</summary>
    public string FieldManager => Gantry.Api.Apply.FieldManager.NameOf(Options["fieldManager"], UserAgent);

    /// <summary>What to do about unknown and duplicate fields; unknown words count as the default, they were refused before.</summary>
    public FieldValidation FieldValidation => Options["fieldValidation"] switch
    {
        "Ignore" => FieldValidation.Ignore,
        "Strict" => FieldValidation.Strict,
        _ => FieldValidation.Warn,
    };

    /// <summary>The same call, told to the audit log.</summary>
    internal ApiCall With(AuditContext? audit) => audit is null ? this : new ApiCall
    {
        Info = Info, User = User, Body = Body, ContentType = ContentType, BodyProblem = BodyProblem, UserAgent = UserAgent, Http = Http, Authorizer = Authorizer, Audit = audit,
    };

    public void Warn(string text)
    {
        _warnings ??= [];
        if (!_warnings.Contains(text, StringComparer.Ordinal))
        {
            _warnings.Add(text);
        }
    }

    /// <summary>Tells the client and the audit log that what was asked for is on its way out.</summary>
    /// <param name="text">The warning.</param>
    internal void WarnOfDeprecation(string text)
    {
        Warn(text);
        _ = Audit?.Annotate("k8s.io/deprecated", "true");
    }

    /// <summary>A whole-number option; null where it is missing or no number.</summary>
    public long? Number(string option) =>
        long.TryParse(Options[option], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
