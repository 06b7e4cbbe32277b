using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace TrendVault.Tests.House;

/// <summary>One feature's use of another, and a type that does it.</summary>
internal sealed record Use(string From, string To, string Who);

/// <summary>Reads what types use: in their bases, fields, signatures and the bodies of their methods.</summary>
internal static class Uses
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly FrozenDictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value);

    /// <summary>All uses between the features below a namespace, of the types of one assembly.</summary>
    /// <param name="assembly">Whose types are read.</param>
    /// <param name="prefix">Of the namespace; the part behind it, up to the next dot, is the feature.</param>
    public static IReadOnlyList<Use> In(Assembly assembly, string prefix) =>
    [
        .. from type in assembly.GetTypes()
           let mine = FeatureOf(type, prefix)
           where mine is not null
           from used in UsedBy(type).SelectMany(Parts).Distinct()
           let other = FeatureOf(used, prefix)
           where other is not null && other != mine
           select new Use(mine, other, type.FullName!),
    ];

    private static string? FeatureOf(Type type, string prefix) =>
        type.Namespace is { } name && name.StartsWith(prefix, StringComparison.Ordinal) ? UpToDot(name[prefix.Length..]) : null;

    private static string UpToDot(string name) => name.IndexOf('.', Math.Min(1, name.Length)) is var dot and > 0 ? name[..dot] : name;

    // List<Chart>[] uses Chart too.
    private static IEnumerable<Type> Parts(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }

    private static IEnumerable<Type> UsedBy(Type type)
    {
        IEnumerable<Type> all = [.. type.GetInterfaces(), .. type.GetFields(All).Select(field => field.FieldType)];
        if (type.BaseType is { } parent)
            all = all.Append(parent);
        var methods = type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All));
        return all.Concat(methods.SelectMany(UsedBy));
    }

    private static IEnumerable<Type> UsedBy(MethodBase method)
    {
        var signature = method.GetParameters().Select(parameter => parameter.ParameterType);
        if (method is MethodInfo { ReturnType: var answer })
            signature = signature.Append(answer);
        return method.GetMethodBody() is { } body
            ? signature.Concat(body.LocalVariables.Select(local => local.LocalType)).Concat(TokensOf(method, body.GetILAsByteArray()!).SelectMany(TypesOf))
            : signature;
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => [method.DeclaringType!, .. method.GetGenericArguments()],
        { DeclaringType: { } declaring } => [declaring],
        _ => [],
    };

    private static IEnumerable<MemberInfo> TokensOf(MethodBase method, byte[] code)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var value = (short)code[at++];
            if (value == 0xFE)
                value = (short)(0xFE00 | code[at++]);
            var operand = OpCodes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!;
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
