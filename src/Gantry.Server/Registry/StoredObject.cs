using System.Buffers.Text;
using System.Text;
using Gantry.Api.Protobuf;
using Gantry.Api.Trees;
using Gantry.Store;

namespace Gantry.Server.Registry;

/// <summary>
/// One revision of one object as the API answers it: finished UTF-8 JSON, the few facts that selectors ask for, and a typed view that is
/// decoded when first wanted and then shared by every reader. Immutable.
/// </summary>
public sealed class StoredObject : IMarked, IValueKeeper
{
    private readonly ObjectHeader _header;
    private readonly int _revisionLength;
    private object? _typed;
    private string?[]? _fields;
    private byte[]? _message;
    private ObjectView? _views;

    private StoredObject(ResourceKind kind, ObjectHeader header, long revision, byte[] json, int revisionLength)
    {
        Kind = kind;
        _header = header;
        Revision = revision;
        Json = json;
        Marks = LabelMarks.Of(header.Labels);
        _revisionLength = revisionLength;
    }

    public ResourceKind Kind { get; }

    public string Namespace => _header.Namespace;

    public string Name => _header.Name;

    public string Uid => _header.Uid;

    public ReadOnlySpan<KeyValuePair<string, string>> Labels => _header.Labels;

    /// <summary>What a selector may find by labels.</summary>
    public ulong Marks { get; }

    public bool IsDeleting => _header.IsDeleting;

    public long Revision { get; }

    /// <summary>The whole object, with its resourceVersion. Not to be changed.</summary>
    public byte[] Json { get; }

    /// <summary>The object as an item of a list: without kind and apiVersion, without the opening brace.</summary>
    public ReadOnlyMemory<byte> ItemBody => Json.AsMemory(_header.BodyOffset);

    /// <summary>Where it sorts among its kind: <c>namespace/name</c>, or the name alone.</summary>
    public string Key => KeyOf(_header.Namespace, _header.Name);

    public static string KeyOf(string ns, string name) => ns.Length == 0 ? name : ns + "/" + name;

    /// <summary>Makes an object of what the store keeps.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="stored">Canonical JSON without resourceVersion.</param>
    /// <param name="revision">The revision it was written at.</param>
    public static StoredObject Of(ResourceKind kind, ReadOnlySpan<byte> stored, long revision) => Of(kind, ObjectHeader.Read(stored), stored, revision);

    /// <summary>Makes an object of a version in the store, which from then on leaves the keeping of its bytes to the object.</summary>
    /// <exception cref="InvalidDataException">The bytes are not in canonical form.</exception>
    public static StoredObject Keep(ResourceKind kind, KeyValue version)
    {
        var value = Of(kind, version.Value.Span, version.ModRevision.Value);
        version.KeepBy(value);
        return value;
    }

    /// <summary>An object that is made when it is asked for and never stored, so that it has no revision.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name, all that selectors find of it.</param>
    /// <param name="json">Canonical JSON, kind and apiVersion first.</param>
    public static StoredObject Made(ResourceKind kind, string name, byte[] json) =>
        new(kind, new ObjectHeader("", name, "", [], false, 0, json.AsSpan().IndexOf("\"metadata\""u8)), 0, json, 0);

    /// <summary>The same object as of another revision, as the event of its deletion shows it.</summary>
    public StoredObject At(long revision) => Of(Kind, _header, Stored(), revision);

    /// <summary>The bytes as the store keeps them: without resourceVersion.</summary>
    public byte[] Stored()
    {
        var offset = _header.RevisionOffset;
        var bytes = new byte[Json.Length - _revisionLength];
        Json.AsSpan(0, offset).CopyTo(bytes);
        Json.AsSpan(offset + _revisionLength).CopyTo(bytes.AsSpan(offset));
        return bytes;
    }

    /// <summary>
    /// The text of a field that selectors ask for, read from the JSON once and kept: with a watcher for each node, every pod is asked a thousand times
    /// where it runs.
    /// </summary>
    /// <param name="place">The field's place among the selectable fields of the kind.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="read">Reads the field.</param>
    internal string Field(int place, int count, Func<StoredObject, int, string> read)
    {
        // Two readers may read at once; they read the same.
        var fields = _fields ??= new string?[count];
        return fields[place] ??= read(this, place);
    }

    ReadOnlyMemory<byte> IValueKeeper.Value => Stored();

    /// <summary>The typed view.</summary>
    public object Typed
    {
        get
        {
            var typed = Volatile.Read(ref _typed);
            if (typed is null)
            {
                // Two readers may decode at once; one result wins and is shared from then on.
                typed = Kind.Decode(Json);
                typed = Interlocked.CompareExchange(ref _typed, typed, null) ?? typed;
            }

            return typed;
        }
    }

    /// <summary>The object as a protobuf message, for built-in kinds: encoded when first wanted, then shared by lists and watches. Not to be changed.</summary>
    public byte[] Message
    {
        get
        {
            var message = Volatile.Read(ref _message);
            if (message is null)
            {
                var schema = Kind.Type.Schema;
                var tree = TreeDecoder.Decode(schema, Json, FieldValidation.Ignore).Object ?? throw new InvalidDataException($"the stored {Kind} {Key} cannot be read");
                message = KubernetesProtobuf.EncodeMessage(schema, tree);
                message = Interlocked.CompareExchange(ref _message, message, null) ?? message;
            }

            return message;
        }
    }

    /// <summary>Lets go of what can be made again, once a newer revision has taken its place.</summary>
    internal void Forget()
    {
        Volatile.Write(ref _typed, null);
        Volatile.Write(ref _message, null);
        Volatile.Write(ref _views, null);
    }

    /// <summary>What was kept of the object in another form, or null.</summary>
    /// <param name="form">The form.</param>
    internal byte[]? View(object form)
    {
        for (var view = Volatile.Read(ref _views); view is not null; view = view.Next)
        {
            if (ReferenceEquals(view.Form, form))
            {
                return view.Json;
            }
        }

        return null;
    }

    /// <summary>Keeps the object in another form as long as the object itself.</summary>
    /// <returns>What is kept: where two were made at once, the first.</returns>
    internal byte[] Keep(object form, byte[] json)
    {
        while (true)
        {
            if (View(form) is { } known)
            {
                return known;
            }

            var views = Volatile.Read(ref _views);
            if (Interlocked.CompareExchange(ref _views, ObjectView.With(views, form, json), views) == views)
            {
                return json;
            }
        }
    }

    private static StoredObject Of(ResourceKind kind, ObjectHeader header, ReadOnlySpan<byte> stored, long revision)
    {
        Span<byte> field = stackalloc byte[48];
        var prefix = ",\"resourceVersion\":\""u8;
        prefix.CopyTo(field);
        Utf8Formatter.TryFormat(revision, field[prefix.Length..], out var digits);
        field[prefix.Length + digits] = (byte)'"';
        field = field[..(prefix.Length + digits + 1)];

        var json = new byte[stored.Length + field.Length];
        stored[..header.RevisionOffset].CopyTo(json);
        field.CopyTo(json.AsSpan(header.RevisionOffset));
        stored[header.RevisionOffset..].CopyTo(json.AsSpan(header.RevisionOffset + field.Length));
        return new StoredObject(kind, header, revision, json, field.Length);
    }

    public override string ToString() => Encoding.UTF8.GetString(Json);
}
