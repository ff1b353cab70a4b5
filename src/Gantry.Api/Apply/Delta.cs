using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>The differences below one place, while they are gathered.</summary>
internal struct Delta
{
    public List<FieldNode>? Added;
    public List<FieldNode>? Modified;
    public List<FieldNode>? Removed;

    // What was found out about the place itself.
    private Verdict _self;

    [Flags]
    private enum Verdict
    {
        None = 0,
        Added = 1,
        Modified = 2,
        Removed = 4,
    }

    public readonly bool IsEmpty => Added is null && Modified is null && Removed is null;

    /// <summary>Compares two values of one place, of which at most one may be absent.</summary>
    public static void Compare(ApplyShape shape, Tree? old, Tree? changed, ref Delta found)
    {
        var (before, after) = (shape.For(old), shape.For(changed));
        bool leaf;
        if (changed is null)
        {
            leaf = Atom(before, old, changed, ref found);
        }
        else if (old is null || ReferenceEquals(before, after))
        {
            leaf = Atom(after, old, changed, ref found);
        }
        else
        {
            leaf = Atom(before, old, changed, ref found) | Atom(after, old, changed, ref found);
        }
        if (!leaf && old is null)
        {
            found._self |= Verdict.Added;
        }
        else if (!leaf && changed is null)
        {
            found._self |= Verdict.Removed;
        }
    }

    private static bool Atom(ApplyShape shape, Tree? old, Tree? changed, ref Delta found)
    {
        switch (shape)
        {
            case MapShape map when !map.Atomic && (old is TreeMap { Count: > 0 } || changed is TreeMap { Count: > 0 }):
                Maps(map, old as TreeMap, changed as TreeMap, ref found);
                return false;
            case ListShape list when list.Merging != ListMerging.Atomic && (old is TreeList { Count: > 0 } || changed is TreeList { Count: > 0 }):
                Lists(list, old as TreeList, changed as TreeList, ref found);
                return false;
            default:
                found._self |= old is null ? Verdict.Added : changed is null ? Verdict.Removed : old.Equals(changed) ? Verdict.None : Verdict.Modified;
                return true;
        }
    }

    private static void Maps(MapShape shape, TreeMap? old, TreeMap? changed, ref Delta found)
    {
        for (var i = 0; i < old?.Count; i++)
        {
            var key = old.KeyAt(i);
            var before = old.ValueAt(i);
            // Canonical objects mostly have their members at the same places.
            var after = changed is null ? null : i < changed.Count && ReferenceEquals(changed.KeyAt(i), key) ? changed.ValueAt(i) : changed[key];
            if (!ReferenceEquals(before, after))
            {
                var member = shape.Member(key, out var element, out _);
                Below(member, element, before, after, ref found);
            }
        }
        for (var i = 0; i < changed?.Count; i++)
        {
            var key = changed.KeyAt(i);
            if (old is null || !((i < old.Count && ReferenceEquals(old.KeyAt(i), key)) || old.Contains(key)))
            {
                var member = shape.Member(key, out var element, out _);
                Below(member, element, null, changed.ValueAt(i), ref found);
            }
        }
    }

    private static void Below(ApplyShape shape, PathElement element, Tree? old, Tree? changed, ref Delta found)
    {
        var below = default(Delta);
        Compare(shape, old, changed, ref below);
        found.Take(element, ref below);
    }

    private static void Lists(ListShape shape, TreeList? old, TreeList? changed, ref Delta found)
    {
        var before = ListIndex.Of(shape, old);
        var after = ListIndex.Of(shape, changed);
        foreach (var element in before.Order)
        {
            Items(shape, element, before.At(element), after.At(element), ref found);
        }
        foreach (var element in after.Order)
        {
            if (before.At(element).Count == 0)
            {
                Items(shape, element, [], after.At(element), ref found);
            }
        }
    }

    // Items that stand several times have no members of their own: together they are one value.
    private static void Items(ListShape shape, PathElement element, List<Tree> old, List<Tree> changed, ref Delta found)
    {
        var item = default(Delta);
        switch (old.Count, changed.Count)
        {
            case ( <= 1, <= 1):
                Compare(shape.Item, old.Count == 0 ? null : old[0], changed.Count == 0 ? null : changed[0], ref item);
                break;
            case ( > 1, > 1):
                item._self = old.SequenceEqual(changed) ? Verdict.None : Verdict.Modified;
                break;
            case ( > 1, _):
                if (changed.Count == 1)
                {
                    Compare(shape.Item, null, changed[0], ref item);
                }
                item._self |= Verdict.Removed;
                break;
            default:
                if (old.Count == 1)
                {
                    Compare(shape.Item, old[0], null, ref item);
                }
                item._self |= Verdict.Added;
                break;
        }
        found.Take(element, ref item);
    }

    private void Take(PathElement element, ref Delta below)
    {
        Put(ref Added, element, below._self.HasFlag(Verdict.Added), below.Added);
        Put(ref Modified, element, below._self.HasFlag(Verdict.Modified), below.Modified);
        Put(ref Removed, element, below._self.HasFlag(Verdict.Removed), below.Removed);
    }

    private static void Put(ref List<FieldNode>? nodes, PathElement element, bool member, List<FieldNode>? children)
    {
        if (member || children is not null)
        {
            (nodes ??= []).Add(new(element, member, children is null ? null : FieldSet.Made(children)));
        }
    }
}
