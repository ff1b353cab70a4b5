using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Server.Admission.Policies;

/// <summary>What the variables of expressions stand for in one request. Made for each group of expressions that shares its computed variables.</summary>
internal sealed class PolicyScope : ICelBindings
{
    private readonly PolicyFacts _facts;
    private readonly TreeMap? _parameters;
    private readonly bool _authorizes;
    private readonly CelValue _variables;
    private long _variableCost;

    /// <param name="facts">The request.</param>
    /// <param name="parameters">The parameter object; null for none.</param>
    /// <param name="authorizes">Whether <c>authorizer</c> may be used.</param>
    /// <param name="variables">The policy's own variables, in order.</param>
    /// <param name="cancellation">Stops computing.</param>
    public PolicyScope(
        PolicyFacts facts, TreeMap? parameters, bool authorizes, IReadOnlyList<(string Name, PolicyExpression Expression)> variables, CancellationToken cancellation)
    {
        _facts = facts;
        _parameters = parameters;
        _authorizes = authorizes;
        _variables = CelValue.Of(new LazyVariables(this, variables, cancellation));
    }

    public bool TryFind(string name, out CelValue value)
    {
        switch (name)
        {
            case "variables":
                value = _variables;
                return true;
            case "params":
                value = _parameters is null ? CelValue.Null : CelValue.Of(_parameters);
                return true;
            case "authorizer" or "authorizer.requestResource" when !_authorizes:
                value = default;
                return false;
            default:
                return _facts.TryFind(name, out value);
        }
    }

    /// <summary>What variables have cost since this was asked last.</summary>
    public long TakeVariableCost()
    {
        var cost = _variableCost;
        _variableCost = 0;
        return cost;
    }

    private sealed class LazyVariables : CelObject
    {
        private readonly PolicyScope _scope;
        private readonly CancellationToken _cancellation;
        private readonly Dictionary<string, PolicyExpression> _expressions;
        private readonly Dictionary<string, CelValue> _known = new(StringComparer.Ordinal);

        public LazyVariables(PolicyScope scope, IReadOnlyList<(string Name, PolicyExpression Expression)> variables, CancellationToken cancellation)
        {
            _scope = scope;
            _cancellation = cancellation;
            _expressions = new Dictionary<string, PolicyExpression>(StringComparer.Ordinal);
            foreach (var (name, expression) in variables)
            {
                _expressions[name] = expression;
            }
        }

        public override CelType Type { get; } = CelType.Struct(PolicyEnvironment.Variables, static () => new Dictionary<string, CelField>());

        public override bool TryField(string name, out CelValue value)
        {
            if (_known.TryGetValue(name, out value))
            {
                return true;
            }

            if (!_expressions.TryGetValue(name, out var expression))
            {
                return false;
            }

            _known[name] = value = Compute(name, expression);
            return true;
        }

        private CelValue Compute(string name, PolicyExpression expression)
        {
            if (expression.Program is null)
            {
                return CelValue.Error($"composited variable \"{name}\" fails to compile: {expression.Problem}");
            }

            var outcome = expression.Program.Evaluate(_scope, CelProgram.PerCallLimit, _cancellation);
            _scope._variableCost += outcome.Cost;
            return outcome.Error is null ? outcome.Value : CelValue.Error($"composited variable \"{name}\" fails to evaluate: {outcome.Error}");
        }
    }
}
