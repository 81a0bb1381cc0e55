/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mpath_persist.h - persistent reservations of multipath maps.  Public: any program.
 *
 * A reservation belongs to the paths of a host, not to its map. These functions send a command to
 * those paths of a map that it is for, and have multipathd register the others when they work
 * again.
 */
#ifndef MPATH_PERSIST_LIB_H
#define MPATH_PERSIST_LIB_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MPATH_MAX_PARAM_LEN 8192
#define MPATH_MX_TIDS 32 /* TransportIDs in a command */
#define MPATH_MX_TID_LEN 256

/* Service actions of PERSISTENT RESERVE IN */
#define MPATH_PRIN_RKEY_SA 0x00 /* READ KEYS */
#define MPATH_PRIN_RRES_SA 0x01 /* READ RESERVATION */
#define MPATH_PRIN_RCAP_SA 0x02 /* REPORT CAPABILITIES */
#define MPATH_PRIN_RFSTAT_SA 0x03 /* READ FULL STATUS */

/* Service actions of PERSISTENT RESERVE OUT */
#define MPATH_PROUT_REG_SA 0x00 /* REGISTER */
#define MPATH_PROUT_RES_SA 0x01 /* RESERVE */
#define MPATH_PROUT_REL_SA 0x02 /* RELEASE */
#define MPATH_PROUT_CLEAR_SA 0x03 /* CLEAR */
#define MPATH_PROUT_PREE_SA 0x04 /* PREEMPT */
#define MPATH_PROUT_PREE_AB_SA 0x05 /* PREEMPT AND ABORT */
#define MPATH_PROUT_REG_IGN_SA 0x06 /* REGISTER AND IGNORE EXISTING KEY */
#define MPATH_PROUT_REG_MOV_SA 0x07 /* REGISTER AND MOVE: not supported */

#define MPATH_LU_SCOPE 0x00 /* the only scope */

/* Types of reservations: write exclusive, exclusive access; RO: registrants only; AR: all
 * registrants */
#define MPATH_PRTPE_WE 0x01
#define MPATH_PRTPE_EA 0x03
#define MPATH_PRTPE_WE_RO 0x05
#define MPATH_PRTPE_EA_RO 0x06
#define MPATH_PRTPE_WE_AR 0x07
#define MPATH_PRTPE_EA_AR 0x08

#define MPATH_PR_TYPE_MASK 0x0f /* in scope_type */
#define MPATH_PR_SCOPE_MASK 0xf0

/* What the functions return; the same numbers are exit codes of mpathpersist(8). */
#define MPATH_PR_SKIP (-1) /* never returned */
#define MPATH_PR_SUCCESS 0
#define MPATH_PR_SYNTAX_ERROR 1 /* an argument is invalid, or the key is not the configured one */
#define MPATH_PR_SENSE_NOT_READY 2
#define MPATH_PR_SENSE_MEDIUM_ERROR 3
#define MPATH_PR_SENSE_HARDWARE_ERROR 4
#define MPATH_PR_ILLEGAL_REQ 5
#define MPATH_PR_SENSE_UNIT_ATTENTION 6
#define MPATH_PR_SENSE_INVALID_OP 7
#define MPATH_PR_SENSE_ABORTED_COMMAND 8
#define MPATH_PR_NO_SENSE 9
#define MPATH_PR_SENSE_MALFORMED 10 /* the array's answer cannot be decoded */
#define MPATH_PR_RESERV_CONFLICT 11
#define MPATH_PR_FILE_ERROR 12 /* the descriptor is not that of a device */
#define MPATH_PR_DMMP_ERROR 13 /* not a multipath map, no usable path, or the daemon is missing */
#define MPATH_PR_THREAD_ERROR 14
#define MPATH_PR_OTHER 15 /* the transport failed on every path, and all other errors */

/* sa_flags */
#define MPATH_F_APTPL_MASK 0x01 /* registrations survive a loss of power */
#define MPATH_F_ALL_TG_PT_MASK 0x04 /* register with all ports of the target */
#define MPATH_F_SPEC_I_PT_MASK 0x08 /* also register the initiator ports in trnptid_list */

/* protocol_id */
#define MPATH_PROTOCOL_ID_FC 0x00
#define MPATH_PROTOCOL_ID_ISCSI 0x05
#define MPATH_PROTOCOL_ID_SAS 0x06

/* format_code of iSCSI: the name of a device; or of a port, which ends in ",i,0x" and its ISID */
#define MPATH_WWUI_DEVICE_NAME 0x00
#define MPATH_WWUI_PORT_IDENTIFIER 0x40

/*
 * The layout of these structures is fixed. Numbers are in the byte order of the host; keys are 8
 * bytes in the order of the wire.
 */
struct prin_readdescr {
	uint32_t prgeneration;
	uint32_t additional_length; /* bytes in key_list */
	uint8_t key_list[MPATH_MAX_PARAM_LEN];
};

struct prin_resvdescr {
	uint32_t prgeneration;
	uint32_t additional_length; /* 0: there is no reservation */
	uint8_t key[8];
	uint32_t _obsolete;
	uint8_t _reserved;
	uint8_t scope_type;
	uint16_t _obsolete1;
};

struct prin_capdescr {
	uint16_t length;
	uint8_t flags[2]; /* bytes 2 and 3 of the parameter data */
	uint16_t pr_type_mask;
	uint16_t _reserved;
};

struct transportid {
	uint8_t format_code;
	uint8_t protocol_id;
	union {
		uint8_t n_port_name[8];
		uint8_t sas_address[8];
		uint8_t iscsi_name[MPATH_MX_TID_LEN];
	};
};

struct prin_fulldescr {
	uint8_t key[8];
	uint8_t flag; /* 0x01 holder, 0x02 all target ports */
	uint8_t scope_type;
	uint16_t rtpi; /* relative target port identifier */
	struct transportid trnptid;
};

struct print_fulldescr_list {
	uint32_t prgeneration;
	uint32_t number_of_descriptor;
	uint8_t private_buffer[MPATH_MAX_PARAM_LEN];
	struct prin_fulldescr
		*descriptors[]; /* into private_buffer; the caller allocates MPATH_MX_TIDS */
};

struct prin_resp {
	union {
		struct prin_readdescr prin_readkeys;
		struct prin_resvdescr prin_readresv;
		struct prin_capdescr prin_readcap;
		struct print_fulldescr_list prin_readfd;
	} prin_descriptor;
};

struct prout_param_descriptor {
	uint8_t key[8]; /* RESERVATION KEY */
	uint8_t sa_key[8]; /* SERVICE ACTION RESERVATION KEY */
	uint32_t _obsolete;
	uint8_t sa_flags;
	uint8_t _reserved;
	uint16_t _obsolete1;
	uint8_t private_buffer[MPATH_MAX_PARAM_LEN];
	uint32_t num_transportid;
	struct transportid *trnptid_list[]; /* with MPATH_F_SPEC_I_PT_MASK */
};

struct config;

/* Not 0: the allocation length of PERSISTENT RESERVE IN. A program may define it itself. */
extern unsigned int mpath_mx_alloc_len;

/** libmpathpersist_init() - Return: 0, 1 the configuration cannot be read, or it was ended before
 */
int libmpathpersist_init(void);
/** libmpathpersist_exit() - Return: 0 */
int libmpathpersist_exit(void);

/** mpath_lib_init() - the older form of libmpathpersist_init(). Return: what mpath_lib_exit()
 * takes, NULL */
struct config *mpath_lib_init(void);
/** mpath_lib_exit() - Return: 0 */
int mpath_lib_exit(struct config *conf);

/**
 * mpath_persistent_reserve_in() - ask the array, by the first usable path
 * @fd:		of the map's device node, open for reading at least
 * @rq_servact:	MPATH_PRIN_..._SA
 * @resp:	for MPATH_PRIN_RFSTAT_SA followed by room for MPATH_MX_TIDS pointers; unchanged on
 * failure
 * @noisy:	1: dump what is received to stderr
 * @verbose:	0 to 3: what is logged to stderr
 *
 * May be called by several threads at a time, as mpath_persistent_reserve_out().
 * Return: MPATH_PR_...
 */
int mpath_persistent_reserve_in(int fd, int rq_servact, struct prin_resp *resp, int noisy,
				int verbose);

/**
 * mpath_persistent_reserve_out() - change registrations or the reservation
 * @rq_servact:	MPATH_PROUT_..._SA
 * @rq_scope:	MPATH_LU_SCOPE
 * @rq_type:	MPATH_PRTPE_...
 */
int mpath_persistent_reserve_out(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				 struct prout_param_descriptor *paramp, int noisy, int verbose);

/*
 * The same for several commands in a row: between mpath_persistent_reserve_init_vecs() and
 * mpath_persistent_reserve_free_vecs(), by one thread.
 */

/** mpath_persistent_reserve_init_vecs() - Return: 0, MPATH_PR_DMMP_ERROR maps cannot be listed */
int mpath_persistent_reserve_init_vecs(int verbose);
/** mpath_persistent_reserve_free_vecs() - end it */
void mpath_persistent_reserve_free_vecs(void);

/** mpath_persistent_reserve_in__() - as mpath_persistent_reserve_in() */
int mpath_persistent_reserve_in__(int fd, int rq_servact, struct prin_resp *resp, int noisy);
/** mpath_persistent_reserve_out__() - as mpath_persistent_reserve_out() */
int mpath_persistent_reserve_out__(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				   struct prout_param_descriptor *paramp, int noisy);

/* The names that these two had first. */
int __mpath_persistent_reserve_in(int fd, int rq_servact, struct prin_resp *resp, int noisy);
int __mpath_persistent_reserve_out(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				   struct prout_param_descriptor *paramp, int noisy);

#ifdef __cplusplus
}
#endif
#endif
