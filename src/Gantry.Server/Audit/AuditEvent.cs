using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Api;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Audit;

/// <summary>One event of the log: a request at one of its stages (Event of <c>audit.k8s.io/v1</c>).</summary>
public sealed record AuditEvent
{
    public required AuditLevel Level { get; init; }

    public required AuditFacts Facts { get; init; }

    public required AuditStages Stage { get; init; }

    public required DateTimeOffset At { get; init; }

    public UserInfo? Impersonated { get; init; }

    public AuditObjectReference? Object { get; init; }

    /// <summary>The answer's code; 0 before there is an answer.</summary>
    public int Code { get; init; }

    public ApiStatus? Status { get; init; }

    /// <summary>JSON, or null.</summary>
    public byte[]? RequestObject { get; init; }

    /// <inheritdoc cref="RequestObject"/>
    public byte[]? ResponseObject { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary>The event as one line of JSON, without its end.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (RequestObject?.Length ?? 0) + (ResponseObject?.Length ?? 0));
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            Write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The event as a line of the old format, in which only the most important has a place.</summary>
    public string ToLegacy()
    {
        var user = Facts.User is { Name.Length: > 0 } known ? known : null;
        var groups = user is { Groups.Count: > 0 } ? Quoted(user.Groups) : "<none>";
        var (asUser, asGroups) = Impersonated is null ? ("<self>", "<lookup>") : (Impersonated.Name, Quoted(Impersonated.Groups));
        // As many digits as the time has, as Go writes it.
        var at = Facts.Received.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        return $"{at} AUDIT: id={Quote(Facts.Id)} stage={Quote(Stage.ToString())} ip={Quote(Facts.SourceIps.Count > 0 ? Facts.SourceIps[0] : "<unknown>")}"
            + $" method={Quote(Facts.Verb)} user={Quote(user?.Name ?? "<none>")} groups={Quote(groups)} as={Quote(asUser)} asgroups={Quote(asGroups)}"
            + $" user-agent={Quote(Facts.UserAgent)} namespace={Quote(Object is { Namespace.Length: > 0 } about ? about.Namespace : "<none>")} uri={Quote(Facts.RequestUri)}"
            + string.Create(CultureInfo.InvariantCulture, $" response=\"{(Code == 0 ? "<deferred>" : Code.ToString(CultureInfo.InvariantCulture))}\"");
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", "Event");
        json.WriteString("apiVersion", AuditPolicyReader.ApiVersion);
        json.WriteString("level", Level.ToString());
        json.WriteString("auditID", Facts.Id);
        json.WriteString("stage", Stage.ToString());
        json.WriteString("requestURI", Facts.RequestUri);
        json.WriteString("verb", Facts.Verb);
        User(json, "user", Facts.User);
        if (Impersonated is not null)
        {
            User(json, "impersonatedUser", Impersonated);
        }

        Texts(json, "sourceIPs", Facts.SourceIps);
        Text(json, "userAgent", Facts.UserAgent);
        Reference(json);
        Response(json);
        Raw(json, "requestObject", RequestObject);
        Raw(json, "responseObject", ResponseObject);
        json.WriteString("requestReceivedTimestamp", ApiTimes.FormatMicro(Facts.Received));
        json.WriteString("stageTimestamp", ApiTimes.FormatMicro(At));
        if (Annotations.Count > 0)
        {
            json.WriteStartObject("annotations");
            foreach (var (key, value) in Annotations)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void User(Utf8JsonWriter json, string name, UserInfo? user)
    {
        json.WriteStartObject(name);
        if (user is not null)
        {
            Text(json, "username", user.Name);
            Text(json, "uid", user.Uid);
            Texts(json, "groups", user.Groups);
            if (user.Extra.Count > 0)
            {
                json.WriteStartObject("extra");
                foreach (var (key, values) in user.Extra.OrderBy(e => e.Key, StringComparer.Ordinal))
                {
                    json.WriteStartArray(key);
                    foreach (var value in values)
                    {
                        json.WriteStringValue(value);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
    }

    private void Reference(Utf8JsonWriter json)
    {
        if (Object is not { } about)
        {
            return;
        }

        json.WriteStartObject("objectRef");
        Text(json, "resource", about.Resource);
        Text(json, "namespace", about.Namespace);
        Text(json, "name", about.Name);
        Text(json, "uid", about.Uid);
        Text(json, "apiGroup", about.ApiGroup);
        Text(json, "apiVersion", about.ApiVersion);
        Text(json, "resourceVersion", about.ResourceVersion);
        Text(json, "subresource", about.Subresource);
        json.WriteEndObject();
    }

    private void Response(Utf8JsonWriter json)
    {
        if (Code == 0)
        {
            return;
        }

        json.WritePropertyName("responseStatus");
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        if (Status is not null)
        {
            // The same without the names of the kind and the code, which is that of the answer.
            using var status = JsonDocument.Parse(Status.ToJson());
            foreach (var field in status.RootElement.EnumerateObject().Where(f => f.Name is "status" or "message" or "reason" or "details"))
            {
                field.WriteTo(json);
            }
        }

        json.WriteNumber("code", Code);
        json.WriteEndObject();
    }

    private static void Raw(Utf8JsonWriter json, string name, byte[]? value)
    {
        if (value is { Length: > 0 })
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value, skipInputValidation: true);
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, value);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Quoted(IEnumerable<string> texts) => string.Join(',', texts.Select(Quote));

    // One event is one line, whatever a client puts into its headers.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
