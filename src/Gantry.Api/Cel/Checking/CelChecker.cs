using System.Globalization;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Checking;

/// <summary>Gives every node its type and every call the overloads that fit, or says in the reference implementation's words why it cannot.</summary>
internal sealed class CelChecker
{
    private readonly CelEnvironment _environment;
    private readonly string _text;
    private readonly List<CelError> _errors;
    private readonly CelSubstitution _substitution = new();
    private readonly List<(string Name, CelType Type)> _scope = [];
    private readonly HashSet<string> _references = new(StringComparer.Ordinal);
    private int _fresh;

    private CelChecker(CelEnvironment environment, string text, List<CelError> errors) => (_environment, _text, _errors) = (environment, text, errors);

    /// <summary>Checks a tree; the errors tell whether it may be used.</summary>
    /// <returns>The declared variables that it uses.</returns>
    public static IReadOnlySet<string> Check(CelEnvironment environment, string text, CelNode root, List<CelError> errors)
    {
        var checker = new CelChecker(environment, text, errors);
        checker.Check(root);
        checker.Settle(root);
        return checker._references;
    }

    private void Check(CelNode node)
    {
        switch (node)
        {
            case CelNode.Literal literal:
                literal.Type = CelTypes.Of(literal.Value);
                break;
            case CelNode.Name name:
                name.Type = Find(name.Text) ?? Undeclared(name, name.Text);
                break;
            case CelNode.Select select:
                Select(select);
                break;
            case CelNode.Call call:
                Call(call);
                break;
            case CelNode.List list:
                List(list);
                break;
            case CelNode.Map map:
                Map(map);
                break;
            case CelNode.Fold fold:
                Fold(fold);
                break;
            case CelNode.Message message:
                Undeclared(message, message.TypeName);
                break;
        }
    }

    private CelType Undeclared(CelNode at, string name)
    {
        Fault(at.Position, $"undeclared reference to '{name}' (in container '')");
        return CelType.Error;
    }

    private CelType? Find(string name)
    {
        var global = name.StartsWith('.');
        if (global)
        {
            name = name[1..];
        }
        else if (_scope.FindLastIndex(s => s.Name == name) is var at and >= 0)
        {
            return _scope[at].Type;
        }
        if (_environment.Find(name) is not { } type)
        {
            return null;
        }
        _references.Add(name);
        return type;
    }

    private void Select(CelNode.Select select)
    {
        if (!select.TestOnly && Qualified(select) is { } qualified && !Hidden(qualified) && Find(qualified) is { } declared)
        {
            (select.Qualified, select.Type) = (qualified, declared);
            return;
        }
        var type = Field(select, select.Operand, select.Field, false);
        select.Type = select.TestOnly ? CelType.Bool : _substitution.Resolve(type, false);
    }

    private bool Hidden(string qualified) => _scope.Exists(s => qualified.StartsWith(s.Name + ".", StringComparison.Ordinal));

    private static string? Qualified(CelNode node) => node switch
    {
        CelNode.Name name => name.Text,
        CelNode.Select { TestOnly: false } select when Qualified(select.Operand) is { } outer => outer + "." + select.Field,
        _ => null,
    };

    private CelType Field(CelNode at, CelNode operand, string field, bool optional)
    {
        Check(operand);
        var type = _substitution.Resolve(operand.Type, false);
        var inOptional = type.IsOptional;
        var target = inOptional ? type.Parameters[0] : type;
        var result = CelType.Error;
        switch (target.Kind)
        {
            case CelTypeKind.Map:
                result = target.Parameters[1];
                break;
            case CelTypeKind.Struct:
                if (target.Fields!.TryGetValue(field, out var found))
                {
                    result = found.Type;
                }
                else
                {
                    Fault(at.Position, $"undefined field '{field}'");
                }
                break;
            case CelTypeKind.Parameter:
                _substitution.IsAssignable(CelType.Dyn, target);
                result = CelType.Dyn;
                break;
            default:
                if (!target.IsDynOrError)
                {
                    Fault(at.Position, $"type '{target}' does not support field selection");
                }
                result = CelType.Dyn;
                break;
        }
        return inOptional || optional ? CelType.Optional(result) : result;
    }

    private void Call(CelNode.Call call)
    {
        if (call.Function == CelOperators.OptionalSelect)
        {
            call.Type = _substitution.Resolve(Field(call, call.Arguments[0], ((CelNode.Literal)call.Arguments[1]).Value.Text, true), false);
            Check(call.Arguments[1]);
            call.Overloads = CelEnvironment.Everything.Find(call.Function);
            return;
        }
        foreach (var argument in call.Arguments)
        {
            Check(argument);
        }
        if (call.Target is { } target)
        {
            var full = Qualified(target) is { } outer ? CelEnvironment.Everything.Find(outer + "." + call.Function) : [];
            if (full.Count > 0)
            {
                call.Function = full[0].Function;
                call.Target = null;
                Resolve(call, full);
                return;
            }
            Check(target);
        }
        var name = call.Function.TrimStart('.');
        var overloads = CelEnvironment.Everything.Find(name);
        if (overloads.Count == 0)
        {
            call.Type = Undeclared(call, name);
            return;
        }
        call.Function = name;
        Resolve(call, overloads);
    }

    private void Resolve(CelNode.Call call, IReadOnlyList<CelOverload> overloads)
    {
        List<CelType> arguments = [.. (call.Target is null ? call.Arguments : [call.Target, .. call.Arguments]).Select(a => a.Type)];
        var fitting = new List<CelOverload>();
        CelType? result = null;
        foreach (var overload in overloads)
        {
            if (overload.IsMember != call.Target is not null || overload.Arguments.Count != arguments.Count)
            {
                continue;
            }
            var (wanted, given) = Fresh(overload);
            if (!_substitution.IsAssignable(arguments, wanted))
            {
                continue;
            }
            fitting.Add(overload);
            var type = _substitution.Resolve(given, false);
            result = result is null || result.Same(type) ? result ?? type : CelType.Dyn;
        }
        if (result is null)
        {
            var types = arguments.ConvertAll(a => _substitution.Resolve(a, true));
            var signature = call.Target is null ? $"({string.Join(", ", types)})" : $"{types[0]}.({string.Join(", ", types.Skip(1))})";
            Fault(call.Position, $"found no matching overload for '{call.Function}' applied to '{signature}'");
            call.Type = CelType.Error;
            return;
        }
        (call.Overloads, call.Type) = (fitting, result);
    }

    // The signature with type parameters that no other call has.
    private (IReadOnlyList<CelType> Arguments, CelType Result) Fresh(CelOverload overload)
    {
        if (overload.Parameters.Count == 0)
        {
            return (overload.Arguments, overload.Result);
        }
        var fresh = overload.Parameters.ToDictionary(p => p, _ => Variable(), StringComparer.Ordinal);
        CelType Replaced(CelType type) => type.Kind == CelTypeKind.Parameter ? fresh[type.Name] : CelSubstitution.Replace(type, Replaced);
        return ([.. overload.Arguments.Select(Replaced)], Replaced(overload.Result));
    }

    private CelType Variable() => CelType.Parameter("_var" + (_fresh++).ToString(CultureInfo.InvariantCulture));

    private void List(CelNode.List list)
    {
        CelType? items = null;
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = list.Items[i];
            Check(item);
            items = Joined(item, items, list.Optional.Contains(i) ? Unwrapped(item) : item.Type);
        }
        list.Type = CelType.List(items ?? Variable());
    }

    private void Map(CelNode.Map map)
    {
        CelType? keys = null;
        CelType? values = null;
        foreach (var entry in map.Entries)
        {
            Check(entry.Key);
            keys = Joined(entry.Key, keys, entry.Key.Type);
            Check(entry.Value);
            values = Joined(entry.Value, values, entry.Optional ? Unwrapped(entry.Value) : entry.Value.Type);
        }
        map.Type = CelType.Map(keys ?? Variable(), values ?? Variable());
    }

    private CelType Unwrapped(CelNode node)
    {
        var type = _substitution.Resolve(node.Type, false);
        if (type.IsOptional)
        {
            return type.Parameters[0];
        }
        if (!type.IsDynOrError)
        {
            Mismatch(node, CelType.Optional(type), type);
        }
        return type;
    }

    private CelType Joined(CelNode at, CelType? before, CelType type)
    {
        if (before is null)
        {
            return type;
        }
        if (_substitution.IsAssignable(before, type))
        {
            return CelSubstitution.MostGeneral(before, type);
        }
        Mismatch(at, before, type);
        return CelType.Error;
    }

    private void Fold(CelNode.Fold fold)
    {
        Check(fold.Range);
        Check(fold.Initial);
        var range = _substitution.Resolve(fold.Range.Type, false);
        var (first, second) = (CelType.Dyn, CelType.Dyn);
        switch (range.Kind)
        {
            case CelTypeKind.List:
                (first, second) = fold.Second is null ? (range.Parameters[0], second) : (CelType.Int, range.Parameters[0]);
                break;
            case CelTypeKind.Map:
                (first, second) = (range.Parameters[0], range.Parameters[1]);
                break;
            case CelTypeKind.Dyn or CelTypeKind.Error or CelTypeKind.Parameter:
                _substitution.IsAssignable(CelType.Dyn, range);
                break;
            default:
                Fault(fold.Range.Position, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)");
                (first, second) = (CelType.Error, CelType.Error);
                break;
        }
        var outside = _scope.Count;
        _scope.Add((fold.Accumulator, fold.Initial.Type));
        _scope.Add((fold.Variable, first));
        if (fold.Second is { } name)
        {
            _scope.Add((name, second));
        }
        Check(fold.Condition);
        Assert(fold.Condition, CelType.Bool);
        Check(fold.Step);
        Assert(fold.Step, fold.Initial.Type);
        _scope.RemoveRange(outside + 1, _scope.Count - outside - 1);
        Check(fold.Result);
        _scope.RemoveAt(outside);
        fold.Type = _substitution.Resolve(fold.Result.Type, false);
    }

    private void Assert(CelNode node, CelType type)
    {
        if (!_substitution.IsAssignable(type, node.Type))
        {
            Mismatch(node, type, node.Type);
        }
    }

    private void Mismatch(CelNode at, CelType expected, CelType found) =>
        Fault(at.Position, $"expected type '{_substitution.Resolve(expected, false)}' but found '{_substitution.Resolve(found, false)}'");

    private void Fault(int position, string message) => _errors.Add(CelError.At(message, _text, position));

    // Types of parameters are known only in the end.
    private void Settle(CelNode node)
    {
        node.Type = _substitution.Resolve(node.Type, true);
        switch (node)
        {
            case CelNode.Select { Qualified: null } select:
                Settle(select.Operand);
                break;
            case CelNode.Call call:
                if (call.Target is not null)
                {
                    Settle(call.Target);
                }
                call.Arguments.ToList().ForEach(Settle);
                break;
            case CelNode.List list:
                list.Items.ToList().ForEach(Settle);
                break;
            case CelNode.Map map:
                foreach (var entry in map.Entries)
                {
                    Settle(entry.Key);
                    Settle(entry.Value);
                }
                break;
            case CelNode.Fold fold:
                Settle(fold.Range);
                Settle(fold.Initial);
                Settle(fold.Condition);
                Settle(fold.Step);
                Settle(fold.Result);
                break;
        }
    }
}
