using System.Collections.Frozen;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Handling;

/// <summary>The handlers of subresources.</summary>
public sealed class SubresourceTable
{
    private readonly FrozenDictionary<(string Group, string Plural, string Name), ISubresource> _handlers;

    /// <exception cref="ArgumentException">Two handlers want the same subresource.</exception>
    public SubresourceTable(IEnumerable<ISubresource> handlers)
    {
        var table = new Dictionary<(string, string, string), ISubresource>();
        foreach (var handler in handlers)
        {
            table.Add((handler.Plural == "*" ? "*" : handler.Group, handler.Plural, handler.Name), handler);
        }

        _handlers = table.ToFrozenDictionary();
    }

    public ISubresource? Find(string group, string plural, string name) =>
        _handlers.GetValueOrDefault((group, plural, name)) ?? _handlers.GetValueOrDefault(("*", "*", name));
}
