using Gantry.Api.Defaults;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Audit;

/// <summary>
/// What the audit log will say of one request, collected while it is handled. Requests that are not audited have none, so whoever has
/// something to say writes <c>request.Audit?.Annotate(…)</c> and pays nothing otherwise. Safe for webhooks that answer at the same time.
/// </summary>
public sealed class AuditContext
{
    private readonly Lock _lock = new();
    private SortedDictionary<string, string>? _annotations;
    private AuditObjectReference? _object;
    private UserInfo? _impersonated;
    private ApiStatus? _status;
    private byte[]? _request;
    private byte[]? _response;

    /// <summary>A request of which nothing but the level is known.</summary>
    public AuditContext(AuditLevel level)
        : this(new AuditDecision(level), AuditFacts.None)
    {
    }

    /// <param name="decision">What the policy wants of this request.</param>
    /// <param name="facts">What is known already.</param>
    /// <param name="about">The object, if the request is about any.</param>
    public AuditContext(AuditDecision decision, AuditFacts facts, AuditObjectReference? about = null)
    {
        Decision = decision;
        Facts = facts;
        _object = about;
    }

    public AuditDecision Decision { get; }

    public AuditFacts Facts { get; }

    public AuditLevel Level => Decision.Level;

    /// <summary>Whether the beginning of the answer was told; it is told once.</summary>
    internal bool HasStarted { get; set; }

    /// <summary>A copy, in order of the keys.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations
    {
        get
        {
            lock (_lock)
            {
                return [.. _annotations ?? []];
            }
        }
    }

    /// <summary>Whether an annotation of that level would be shown: asked before one is made that costs something.</summary>
    public bool Shows(AuditLevel level) => Level >= level && Level != AuditLevel.None;

    /// <summary>Adds an annotation, such as <c>pod-security.kubernetes.io/audit-violations</c>. As in Kubernetes the first value of a key stays.</summary>
    /// <param name="key">A name below a domain of the one who annotates.</param>
    /// <param name="value">Any text.</param>
    /// <param name="level">The least level of the policy at which it is shown.</param>
    /// <returns>False when the key has a value already, or the request's level is lower.</returns>
    public bool Annotate(string key, string value, AuditLevel level = AuditLevel.Metadata)
    {
        if (!Shows(level))
        {
            return false;
        }

        lock (_lock)
        {
            return (_annotations ??= new SortedDictionary<string, string>(StringComparer.Ordinal)).TryAdd(key, value);
        }
    }

    /// <summary>The user acts as another one.</summary>
    internal void Impersonates(UserInfo user) => _impersonated = user;

    /// <summary>The object that came in the body.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="value">As it was decoded; not changed.</param>
    internal void Requests(ResourceType type, TreeMap value)
    {
        var metadata = value.Map("metadata");
        if (_object is { } known && metadata is not null)
        {
            _object = known with
            {
                Namespace = Or(known.Namespace, metadata.Text("namespace")),
                Name = Or(known.Name, metadata.Text("name")),
                Uid = Or(known.Uid, metadata.Text("uid")),
                ResourceVersion = Or(known.ResourceVersion, metadata.Text("resourceVersion")),
            };
        }

        if (Shows(AuditLevel.Request))
        {
            // Kubernetes decodes and defaults in one step, so its log shows the defaults.
            var shown = Defaulter.Apply(type.Schema, (TreeMap)value.DeepClone());
            KindDefaults.Apply(type, shown);
            _request = Clean(TreeEncoder.Encode(type.Schema, shown));
        }
    }

    /// <summary>A patch or delete options, as JSON.</summary>
    internal void Requests(ReadOnlyMemory<byte> json)
    {
        if (Shows(AuditLevel.Request) && json.Length > 0)
        {
            _request = AuditObjects.Compact(json.ToArray(), Decision.OmitManagedFields);
        }
    }

    /// <summary>The object that is answered, as JSON.</summary>
    internal void Responds(ReadOnlyMemory<byte> json)
    {
        if (Shows(AuditLevel.RequestResponse))
        {
            // One event is one line, and documents of lists end with a line feed.
            _response = Clean(json.Span.TrimEnd((byte)'\n').ToArray());
        }
    }

    /// <summary>The status that is answered.</summary>
    internal void Responds(ApiStatus status)
    {
        _status = status;
        if (Shows(AuditLevel.RequestResponse))
        {
            _response = status.ToJson();
        }
    }

    /// <summary>The answer to a call from inside the process.</summary>
    internal void Responds(ApiAnswer answer)
    {
        switch (answer)
        {
            case ApiAnswer.Says says:
                Responds(says.Status);
                break;
            case ApiAnswer.Item item:
                Responds(item.Json);
                break;
            default:
                break;
        }
    }

    /// <summary>The status of a failure of the server itself.</summary>
    internal void Fails(ApiStatus status) => _status = status;

    /// <summary>What is known now, as an event.</summary>
    /// <param name="stage">Which.</param>
    /// <param name="at">When.</param>
    /// <param name="code">The answer's code; 0 before there is one.</param>
    internal AuditEvent Event(AuditStages stage, DateTimeOffset at, int code) => new()
    {
        Level = Level, Facts = Facts, Stage = stage, At = at, Impersonated = _impersonated, Object = _object, Code = code,
        Status = code == 0 ? null : _status, RequestObject = _request, ResponseObject = code == 0 ? null : _response, Annotations = Annotations,
    };

    private byte[]? Clean(byte[] json) => AuditObjects.Clean(json, Decision.OmitManagedFields);

    private static string Or(string known, string? told) => known.Length > 0 ? known : told ?? "";
}
