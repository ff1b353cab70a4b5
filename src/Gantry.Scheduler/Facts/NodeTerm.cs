namespace Gantry.Scheduler.Facts;

/// <summary>One term of a node selector: all label expressions and all field expressions must hold. A term with neither matches no node.</summary>
public sealed class NodeTerm
{
    private readonly Requirement[] _labels;
    private readonly Requirement[] _fields;

    /// <param name="labels">Conditions on the node's labels.</param>
    /// <param name="fields">Conditions on fields; the API allows only <c>metadata.name</c>.</param>
    public NodeTerm(Requirement[] labels, Requirement[] fields)
    {
        _labels = labels;
        _fields = fields;
    }

    /// <summary>The names this term is limited to by a <c>metadata.name In</c> field condition, or null when it has none.</summary>
    public IReadOnlyList<string>? Names
    {
        get
        {
            foreach (var condition in _fields)
            {
                if (condition.Comparison == Comparison.In)
                {
                    return condition.Values;
                }
            }

            return null;
        }
    }

    public bool Matches(NodeFact node)
    {
        if (_labels.Length == 0 && _fields.Length == 0)
        {
            return false;
        }

        foreach (var requirement in _labels)
        {
            if (!requirement.Matches(node.Labels))
            {
                return false;
            }
        }

        foreach (var requirement in _fields)
        {
            if (!requirement.MatchesValue(string.Equals(requirement.Key, "metadata.name", StringComparison.Ordinal) ? node.Name : null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Terms are alternatives: one that matches is enough.</summary>
    public static bool AnyMatches(NodeTerm[] terms, NodeFact node)
    {
        foreach (var term in terms)
        {
            if (term.Matches(node))
            {
                return true;
            }
        }

        return false;
    }
}
