using System.Collections.Concurrent;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.Matching;

/// <summary>
/// The object of a request, and the object that it replaces, in whatever version somebody wants to see them. Nothing is made before it is asked for.
/// </summary>
internal sealed class ReviewedObject
{
    private readonly AdmissionRequest _request;
    private readonly ResourceTable _resources;
    private readonly ResourceType _own;
    private readonly IApiObject? _typed;
    private readonly ConcurrentDictionary<(TreeMap Value, ResourceType Kind), TreeMap> _converted = [];
    private TreeMap? _tree;
    private TreeMap? _old;
    private bool _hasOld;

    /// <param name="request">The request.</param>
    /// <param name="resources">Tells how versions convert.</param>
    /// <param name="tree">The object as a tree; not changed here. Null where there is none, or it is typed.</param>
    /// <param name="typed">The object typed.</param>
    public ReviewedObject(AdmissionRequest request, ResourceTable resources, TreeMap? tree, IApiObject? typed)
    {
        _request = request;
        _resources = resources;
        _own = Invocation.Own(request);
        _typed = typed;
        _tree = tree is null || request.View is null ? tree : request.View.Show(tree);
    }

    /// <summary>The object's labels; null where there is no object.</summary>
    public IReadOnlyDictionary<string, string>? Labels => _tree is not null ? LabelsOf(_tree)
        : _typed is null ? null
        : _request.View is null ? _typed.Metadata.Labels
        : LabelsOf(Tree!);

    /// <summary>The labels that it had; null for new objects.</summary>
    public IReadOnlyDictionary<string, string>? OldLabels => _request.Old is null ? null
        : _request.View is null ? _request.Old.Metadata.Labels
        : LabelsOf(OldTree!);

    public bool Exists => _tree is not null || _typed is not null;

    /// <summary>The object in its own version; to be read only.</summary>
    public TreeMap? Tree => _tree ??= _typed is null ? null : Shown(_typed, _request is { Operation: AdmissionOperation.Update, Old: { } old } ? old.Metadata.ResourceVersion : "");

    /// <summary>What it replaces, in its own version; to be read only.</summary>
    public TreeMap? OldTree
    {
        get
        {
            if (!_hasOld)
            {
                _old = _request.Old is null ? null : Shown(_request.Old);
                _hasOld = true;
            }

            return _old;
        }
    }

    /// <summary>The object in another version; to be read only.</summary>
    public TreeMap? In(ResourceType kind) => Tree is { } tree ? Converted(tree, _own, kind) : null;

    /// <summary>What it replaces in another version; to be read only.</summary>
    public TreeMap? OldIn(ResourceType kind) => OldTree is { } tree ? Converted(tree, _own, kind) : null;

    /// <summary>The object as JSON.</summary>
    public byte[]? Json(ResourceType kind) => _tree is null && _typed is not null && _request is { View: null, Operation: not AdmissionOperation.Update } && ReferenceEquals(kind, _own)
        ? Encode(_own, _typed)
        : In(kind) is { } tree ? TreeEncoder.Encode(kind.Schema, tree) : null;

    /// <summary>What it replaces as JSON.</summary>
    public byte[]? OldJson(ResourceType kind) => _request.Old is { } old && _request.View is null && ReferenceEquals(kind, _own)
        ? Encode(_own, old)
        : OldIn(kind) is { } tree ? TreeEncoder.Encode(kind.Schema, tree) : null;

    /// <summary>Sees to it that both can be seen in another version, for which the webhook of a custom resource may have to be asked.</summary>
    /// <returns>Why they cannot, or null.</returns>
    public async ValueTask<ApiStatus?> ReadyAsync(ResourceType kind, CancellationToken cancellation)
    {
        if (ReferenceEquals(kind, _own) || Served(kind).Custom is not { Family.IsRemote: true } target)
        {
            return null;
        }

        foreach (var tree in (TreeMap?[])[Tree, OldTree])
        {
            if (tree is null || _converted.ContainsKey((tree, kind)))
            {
                continue;
            }

            var (converted, refusal) = await target.Family.ConvertAsync(target, tree, cancellation).ConfigureAwait(false);
            if (converted is null)
            {
                return refusal;
            }

            _converted[(tree, kind)] = converted;
        }

        return null;
    }

    /// <summary>An object of that version as one of the request's own.</summary>
    public async ValueTask<(TreeMap? Value, ApiStatus? Refusal)> BackAsync(TreeMap value, ResourceType kind, CancellationToken cancellation) =>
        !ReferenceEquals(kind, _own) && Served(_own).Custom is { Family.IsRemote: true } own
            ? await own.Family.ConvertAsync(own, value, cancellation).ConfigureAwait(false)
            : (Converted(value, kind, _own), null);

    private TreeMap Converted(TreeMap value, ResourceType from, ResourceType to)
    {
        if (ReferenceEquals(from, to))
        {
            return value;
        }

        if (_converted.TryGetValue((value, to), out var known))
        {
            return known;
        }

        var (source, target) = (Served(from), Served(to));
        if (target.Custom is { } custom)
        {
            return CustomFamily.Rename(custom, value);
        }

        var copy = (TreeMap)value.DeepClone();
        var stored = source.Conversion is null ? copy : source.Conversion.Store(copy);
        return target.Conversion is null ? stored : target.Conversion.Serve(stored);
    }

    private ServedResource Served(ResourceType type) =>
        _resources.Find(type.Group, type.Version, type.Plural) ?? throw new InvalidOperationException($"unable to convert to {type}: it is not served any more");

    // An object that is updated is shown with the revision it replaces, which it is stored without.
    private TreeMap Shown(IApiObject value, string revision = "")
    {
        // What is shown in another form comes in the resource's own.
        var type = _request.View is null ? _own : _request.Type;
        var tree = TreeDecoder.Decode(type.Schema, Encode(type, value), FieldValidation.Ignore).Object
            ?? throw new InvalidOperationException($"an object of {type} cannot be read back");
        if (revision.Length > 0 && tree.Map("metadata") is { } metadata && !metadata.Contains("resourceVersion"))
        {
            metadata["resourceVersion"] = revision;
        }

        return _request.View is null ? tree : _request.View.Show(tree);
    }

    private static byte[] Encode(ResourceType type, IApiObject value)
    {
        var json = ApiJson.Encode(value);
        // Models of kinds that no resource serves do not say by themselves what they are.
        return json.AsSpan().StartsWith("{\"kind\":"u8) || json.AsSpan().StartsWith("{\"apiVersion\":"u8)
            ? json
            : [.. System.Text.Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\"{(json.Length > 2 ? "," : "")}"), .. json.AsSpan(1)];
    }

    private static IReadOnlyDictionary<string, string> LabelsOf(TreeMap value) => value.Map("metadata")?.Map("labels") is { } labels
        ? labels.Where(l => l.Value is TreeString).ToDictionary(l => l.Key, l => ((TreeString)l.Value).Value, StringComparer.Ordinal)
        : JsonModel.Empty<string>();
}
