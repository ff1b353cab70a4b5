using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Libraries;

/// <summary>The signatures of the operators; the evaluation itself computes them.</summary>
internal static class CelOperatorLibrary
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType B = CelType.Parameter("B");
    private static readonly CelType ListOfA = CelType.List(A);
    private static readonly CelType MapOfAB = CelType.Map(A, B);

    public static void Declare(CelFunctionTable table)
    {
        Declare(table, CelOperators.Conditional, "conditional", A, CelType.Bool, A, A);
        Declare(table, CelOperators.And, "logical_and", CelType.Bool, CelType.Bool, CelType.Bool);
        Declare(table, CelOperators.Or, "logical_or", CelType.Bool, CelType.Bool, CelType.Bool);
        Declare(table, CelOperators.Not, "logical_not", CelType.Bool, CelType.Bool);
        Declare(table, CelOperators.NotStrictlyFalse, "not_strictly_false", CelType.Bool, CelType.Bool);
        Declare(table, CelOperators.Equal, "equals", CelType.Bool, A, A);
        Declare(table, CelOperators.Unequal, "not_equals", CelType.Bool, A, A);
        Declare(table, CelOperators.In, "in_list", CelType.Bool, A, ListOfA);
        Declare(table, CelOperators.In, "in_map", CelType.Bool, A, MapOfAB);
        Declare(table, CelOperators.Index, "index_list", A, ListOfA, CelType.Int);
        Declare(table, CelOperators.Index, "index_map", B, MapOfAB, A);
        Declare(table, CelOperators.Index, "optional_list_index_int", CelType.Optional(A), CelType.Optional(ListOfA), CelType.Int);
        Declare(table, CelOperators.Index, "optional_map_index_value", CelType.Optional(B), CelType.Optional(MapOfAB), A);
        Declare(table, CelOperators.OptionalIndex, "list_optindex_optional_int", CelType.Optional(A), ListOfA, CelType.Int);
        Declare(table, CelOperators.OptionalIndex, "optional_list_optindex_optional_int", CelType.Optional(A), CelType.Optional(ListOfA), CelType.Int);
        Declare(table, CelOperators.OptionalIndex, "map_optindex_optional_value", CelType.Optional(B), MapOfAB, A);
        Declare(table, CelOperators.OptionalIndex, "optional_map_optindex_optional_value", CelType.Optional(B), CelType.Optional(MapOfAB), A);
        Declare(table, CelOperators.OptionalSelect, "select_optional_field", CelType.Optional(CelType.Dyn), CelType.Dyn, CelType.String);
        Arithmetic(table);
        foreach (var (sign, name) in new[] { (CelOperators.Less, "less"), (CelOperators.LessOrEqual, "less_equals"), (CelOperators.Greater, "greater"), (CelOperators.GreaterOrEqual, "greater_equals") })
        {
            Relation(table, sign, name);
        }
    }

    private static void Arithmetic(CelFunctionTable table)
    {
        Same(table, CelOperators.Add, "add_bytes", CelType.Bytes);
        Same(table, CelOperators.Add, "add_double", CelType.Double);
        Same(table, CelOperators.Add, "add_duration_duration", CelType.Duration);
        Declare(table, CelOperators.Add, "add_duration_timestamp", CelType.Timestamp, CelType.Duration, CelType.Timestamp);
        Declare(table, CelOperators.Add, "add_timestamp_duration", CelType.Timestamp, CelType.Timestamp, CelType.Duration);
        Same(table, CelOperators.Add, "add_int64", CelType.Int);
        Same(table, CelOperators.Add, "add_list", ListOfA);
        Same(table, CelOperators.Add, "add_string", CelType.String);
        Same(table, CelOperators.Add, "add_uint64", CelType.Uint);
        Same(table, CelOperators.Subtract, "subtract_double", CelType.Double);
        Same(table, CelOperators.Subtract, "subtract_duration_duration", CelType.Duration);
        Same(table, CelOperators.Subtract, "subtract_int64", CelType.Int);
        Declare(table, CelOperators.Subtract, "subtract_timestamp_duration", CelType.Timestamp, CelType.Timestamp, CelType.Duration);
        Declare(table, CelOperators.Subtract, "subtract_timestamp_timestamp", CelType.Duration, CelType.Timestamp, CelType.Timestamp);
        Same(table, CelOperators.Subtract, "subtract_uint64", CelType.Uint);
        foreach (var (sign, name) in new[] { (CelOperators.Multiply, "multiply"), (CelOperators.Divide, "divide") })
        {
            Same(table, sign, name + "_double", CelType.Double);
            Same(table, sign, name + "_int64", CelType.Int);
            Same(table, sign, name + "_uint64", CelType.Uint);
        }
        Same(table, CelOperators.Modulo, "modulo_int64", CelType.Int);
        Same(table, CelOperators.Modulo, "modulo_uint64", CelType.Uint);
        Declare(table, CelOperators.Negate, "negate_double", CelType.Double, CelType.Double);
        Declare(table, CelOperators.Negate, "negate_int64", CelType.Int, CelType.Int);
    }

    private static void Relation(CelFunctionTable table, string sign, string name)
    {
        Declare(table, sign, name + "_bool", CelType.Bool, CelType.Bool, CelType.Bool);
        (CelType Type, string Name)[] numbers = [(CelType.Int, "int64"), (CelType.Uint, "uint64"), (CelType.Double, "double")];
        foreach (var left in numbers)
        {
            foreach (var right in numbers)
            {
                var id = left.Name == right.Name ? $"{name}_{left.Name}" : $"{name}_{left.Name}_{right.Name}";
                Declare(table, sign, id, CelType.Bool, left.Type, right.Type);
            }
        }
        Declare(table, sign, name + "_string", CelType.Bool, CelType.String, CelType.String);
        Declare(table, sign, name + "_bytes", CelType.Bool, CelType.Bytes, CelType.Bytes);
        Declare(table, sign, name + "_timestamp", CelType.Bool, CelType.Timestamp, CelType.Timestamp);
        Declare(table, sign, name + "_duration", CelType.Bool, CelType.Duration, CelType.Duration);
    }

    private static void Same(CelFunctionTable table, string sign, string id, CelType type) => Declare(table, sign, id, type, type, type);

    private static void Declare(CelFunctionTable table, string sign, string id, CelType result, params CelType[] arguments) => table.Global(sign, id, arguments, result, null);
}
